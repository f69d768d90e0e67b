// One picture laid into its frame: fit, fill or stretch are geometry alone, so changing them decodes nothing again.
import QtQuick

Item {
    id: laid
    property string fit: "fill"
    property bool seeThrough: false
    property bool edged: false
    property alias source: image.source
    property alias sourceSize: image.sourceSize
    property alias asynchronous: image.asynchronous
    readonly property int status: image.status
    readonly property real across: laid.width / Math.max(1, image.implicitWidth)
    readonly property real down: laid.height / Math.max(1, image.implicitHeight)
    readonly property real factor: fit === "fit" ? Math.min(across, down) : Math.max(across, down)

    Rectangle { anchors.fill: parent; color: "black"; visible: laid.seeThrough }

    Image {
        id: image
        width: laid.fit === "stretch" ? laid.width : Math.round(implicitWidth * laid.factor)
        height: laid.fit === "stretch" ? laid.height : Math.round(implicitHeight * laid.factor)
        x: Math.round((laid.width - width) / 2)
        y: Math.round((laid.height - height) / 2)
        autoTransform: true
        cache: false
        antialiasing: laid.edged
    }

    // Bars beside the picture, not a ground beneath it: a fade would let the ground show through.
    component Bar: Rectangle { color: "black"; visible: laid.fit === "fit" && width > 0 && height > 0 }
    Bar { width: image.x; height: laid.height }
    Bar { x: image.x + image.width; width: laid.width - x; height: laid.height }
    Bar { x: image.x; width: image.width; height: image.y }
    Bar { x: image.x; y: image.y + image.height; width: image.width; height: laid.height - y }
}
