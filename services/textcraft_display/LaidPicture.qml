// One picture laid into its frame: crop, fit, fill or stretch are geometry alone, so changing them decodes nothing again.
import QtQuick
import QtQuick.Effects

Item {
    id: laid
    property string fit: "fill"
    property rect crop: Qt.rect(0, 0, 1, 1)
    property bool seeThrough: false
    property bool edged: false
    property bool upright: true  // not turned by a quarter, which may end between two pixels
    property bool hurried: false  // something on the wall moves
    property real brightness: 0
    property real contrast: 0
    property alias source: image.source
    property alias sourceSize: image.sourceSize
    property alias asynchronous: image.asynchronous
    property alias retainWhileLoading: image.retainWhileLoading
    readonly property int status: image.status
    readonly property real across: laid.width / Math.max(1, image.implicitWidth * crop.width)
    readonly property real down: laid.height / Math.max(1, image.implicitHeight * crop.height)
    readonly property real factor: fit === "fit" ? Math.min(across, down) : Math.max(across, down)
    readonly property rect part: {
        const stretched = fit === "stretch"
        const width = stretched ? laid.width : Math.round(image.implicitWidth * crop.width * factor)
        const height = stretched ? laid.height : Math.round(image.implicitHeight * crop.height * factor)
        return Qt.rect(Math.round((laid.width - width) / 2), Math.round((laid.height - height) / 2), width, height)
    }

    Rectangle { anchors.fill: parent; color: "black"; visible: laid.seeThrough }

    // What of the picture lies in the frame: the bars beside it stay black, however bright the picture is made.
    Item {
        id: bright
        x: Math.max(0, laid.part.x)
        y: Math.max(0, laid.part.y)
        width: Math.max(0, Math.min(laid.width, laid.part.x + laid.part.width) - x)
        height: Math.max(0, Math.min(laid.height, laid.part.y + laid.part.height) - y)
        // Never hidden behind its own effect: what becomes visible in a hidden item is not drawn into that.
        layer.enabled: (laid.brightness !== 0 || laid.contrast !== 0) && visible
        layer.effect: MultiEffect {
            autoPaddingEnabled: false
            brightness: laid.brightness
            contrast: laid.contrast
        }

        Rectangle { anchors.fill: parent; color: "black"; visible: laid.seeThrough }

        Image {
            id: image
            width: Math.round(laid.part.width / laid.crop.width)
            height: Math.round(laid.part.height / laid.crop.height)
            x: laid.part.x - Math.round(width * laid.crop.x) - bright.x
            y: laid.part.y - Math.round(height * laid.crop.y) - bright.y
            autoTransform: true
            cache: false
            antialiasing: laid.edged
            // Each pixel on one of the wall's own: filtering between them changes nothing, and costs a driver that draws
            // in software a sixth of its work. A thumbnail, smaller than the wall, is never taken while something moves.
            smooth: !laid.hurried || laid.edged || !laid.upright || Screen.devicePixelRatio !== 1
                    || width !== implicitWidth || height !== implicitHeight
        }
    }

    // Bars beside the picture, not a ground beneath it: a fade would let the ground show through.
    component Bar: Rectangle { color: "black"; visible: laid.fit === "fit" && width > 0 && height > 0 }
    Bar { width: laid.part.x; height: laid.height }
    Bar { x: laid.part.x + laid.part.width; width: laid.width - x; height: laid.height }
    Bar { x: laid.part.x; width: laid.part.width; height: laid.part.y }
    Bar { x: laid.part.x; y: laid.part.y + laid.part.height; width: laid.part.width; height: laid.height - y }
}
