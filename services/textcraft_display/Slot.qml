// One program picture and how far it has come in: at `progress` 0 it is not there, at 1 it covers what lies beneath.
// Until it enters it belongs to no window: what is loaded into a window, even unseen, has all of that painted again, once
// beside its own decoding and once more, for which the frame that shows it would have to wait.
import QtQuick

Item {
    id: slot
    required property Item stage
    property string kind: "cut"
    property real progress: 0
    property alias fit: picture.fit
    property alias crop: picture.crop
    property alias edged: picture.edged
    property alias upright: picture.upright
    property alias hurried: picture.hurried
    property alias brightness: picture.brightness
    property alias contrast: picture.contrast
    readonly property alias status: picture.status
    readonly property bool running: move.running
    readonly property bool covers: progress >= 1 && picture.status === Image.Ready
    readonly property bool slides: kind === "slide"
    readonly property bool wipes: kind === "wipe"
    signal arrived
    signal decoded

    width: stage.width
    height: stage.height
    visible: progress > 0

    Rectangle {
        anchors.fill: parent
        color: "black"
        opacity: Math.min(1, slot.progress * 2)
        visible: slot.kind === "through_black" && slot.progress < 1
    }

    Item {
        x: slot.slides ? Math.round(slot.width * (1 - slot.progress)) : 0
        width: slot.slides ? slot.width - x : slot.wipes ? Math.round(slot.width * slot.progress) : slot.width
        height: slot.height
        clip: width < slot.width
        opacity: slot.kind === "fade" ? slot.progress : slot.kind === "through_black" ? slot.progress * 2 - 1 : 1
        // Ground and picture must fade as one; an opaque picture needs no detour through a texture.
        layer.enabled: picture.seeThrough && opacity < 1

        LaidPicture {
            id: picture
            width: slot.width
            height: slot.height
            asynchronous: true
            onStatusChanged: if (status === Image.Ready || status === Image.Error) slot.decoded()
        }
    }

    NumberAnimation {
        id: move
        target: slot
        property: "progress"
        to: 1
        easing.type: slot.slides ? Easing.InOutCubic : Easing.InOutSine
        onFinished: slot.arrived()
    }

    function load(source, width, height, seeThrough) {
        clear()
        picture.seeThrough = seeThrough
        picture.sourceSize = Qt.size(width, height)
        picture.source = source
    }

    function enter(kind, milliseconds) {
        slot.parent = stage
        slot.kind = kind
        if (kind === "cut" || milliseconds <= 0) return cover()
        slot.progress = 0
        move.duration = milliseconds
        move.restart()
    }

    function cover() {
        move.stop()
        slot.progress = 1
        slot.arrived()
    }

    function clear() {
        move.stop()
        slot.progress = 0
        slot.parent = null
        picture.source = ""
    }
}
