// The texts of a foreign core, by their ids; every character as it is, never off the wall.
import QtQuick

Item {
    id: texts
    property string family
    property QtObject link
    property var shown: ({})
    readonly property int most: 64

    Component {
        id: kind
        Item {
            id: words
            property var look
            property bool leaving: false
            readonly property real pad: look.plate ? look.size * 0.45 : 0
            anchors.fill: parent
            opacity: 0

            Rectangle {
                anchors { fill: line; margins: -words.pad; topMargin: -words.pad * 0.6; bottomMargin: -words.pad * 0.6 }
                radius: words.look.size * 0.2
                color: "#CC000000"
                visible: words.look.plate
            }
            Plain {
                id: line
                readonly property real wanted: words.look.x * texts.width - words.look.anchor_x * width
                readonly property real raised: words.look.anchor_y > 1 ? baselineOffset : words.look.anchor_y * height
                width: words.look.marquee ? implicitWidth : Math.min(implicitWidth, words.look.max_width)
                text: words.look.text
                color: words.look.color
                font { family: texts.family; weight: Font.Medium; pixelSize: words.look.size }
                wrapMode: words.look.marquee ? Text.NoWrap : Text.Wrap
                horizontalAlignment: ({ left: Text.AlignLeft, center: Text.AlignHCenter, right: Text.AlignRight })[words.look.align]
                x: words.look.marquee ? 0 : inside(wanted, width, texts.width)
                y: inside(words.look.y * texts.height - raised, height, texts.height)
                style: words.look.plate ? Text.Normal : Text.Outline
                styleColor: "#B0000000"

                function inside(at, size, room) {
                    return Math.round(Math.max(words.pad, Math.min(at, room - size - words.pad)))
                }

                NumberAnimation on x {
                    running: words.look.marquee
                    loops: Animation.Infinite
                    from: texts.width
                    to: -line.implicitWidth
                    duration: Math.max(1, (texts.width + line.implicitWidth) / texts.width * 10000)  // across the wall in ten seconds
                }
            }
            NumberAnimation {
                id: fade
                target: words
                property: "opacity"
                onFinished: if (words.leaving) words.destroy()
            }
            Timer { id: over; interval: words.look.seconds * 1000; onTriggered: texts.remove(words.look.id, words.look.fade_out) }

            function enter(from) {
                opacity = from
                turn(1, look.fade_in * (1 - from))
                if (look.seconds > 0) over.start()
            }

            function leave(seconds) {
                leaving = true
                over.stop()
                turn(0, seconds)
            }

            function turn(to, seconds) {
                fade.stop()
                if (seconds <= 0) { opacity = to; if (leaving) destroy(); return }
                fade.to = to
                fade.duration = seconds * 1000
                fade.start()
            }
        }
    }

    function put(look) {
        const before = shown[look.id]
        if (!before && Object.keys(shown).length >= most) remove(Object.keys(shown)[0], 0)
        const words = kind.createObject(texts, { look: look })
        shown[look.id] = words
        words.enter(before ? before.opacity : 0)  // streamed words go on as bright as they were
        if (before) before.leave(0)
    }

    function remove(id, seconds) {
        const words = shown[id]
        if (!words) return
        delete shown[id]
        words.leave(seconds)
    }

    Connections {
        target: texts.link
        function onText(look) { texts.put(JSON.parse(look)) }
        function onText_gone(id, seconds) { texts.remove(id, seconds >= 0 ? seconds : texts.shown[id] ? texts.shown[id].look.fade_out : 0) }
    }
}
