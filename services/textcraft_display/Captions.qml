// The words under the picture: the old go before the new come, so that two texts are never read through each other.
import QtQuick

Item {
    id: captions
    property string family
    property real scaling: 1  // times the least size
    property bool plate: true
    property bool atTop: false
    property real edge: 0.06  // share of the height between the wall's edge and the words
    readonly property bool moving: one.moving || two.moving || three.moving
    property Words front: one

    component Words: Item {
        id: words
        property alias text: line.text
        readonly property bool moving: change.running
        readonly property real size: Math.ceil(Math.min(captions.width, captions.height) / 24 * captions.scaling)
        readonly property real most: captions.width * 0.9 - size * 1.6
        property real longest: 0
        anchors.fill: parent
        opacity: 0
        visible: opacity > 0 && text !== ""
        onMostChanged: balance()

        // Dark enough for white text on a white picture: contrast 11:1.
        Rectangle {
            anchors.horizontalCenter: parent.horizontalCenter
            y: captions.atTop ? parent.height * captions.edge : parent.height * (1 - captions.edge) - height
            width: Math.min(line.width, Math.ceil(words.longest)) + words.size * 1.6
            height: line.height + words.size * 0.7
            radius: words.size * 0.22
            color: captions.plate ? "#CC000000" : "transparent"
            // Without a plate the letters are edged, so that they stay readable on any picture.
            Repeater {
                model: captions.plate ? 0 : 8
                Plain {
                    required property int index
                    x: line.x + Math.cos(index * Math.PI / 4) * words.size / 14
                    y: line.y + Math.sin(index * Math.PI / 4) * words.size / 14
                    width: line.width
                    text: line.text
                    color: "black"
                    font: line.font
                    lineHeight: line.lineHeight
                    horizontalAlignment: line.horizontalAlignment
                    wrapMode: line.wrapMode
                    maximumLineCount: line.maximumLineCount
                    elide: line.elide
                }
            }
            Plain {
                id: line
                anchors.centerIn: parent
                font { family: captions.family; pixelSize: words.size; weight: Font.Medium }
                lineHeight: 1.08
                horizontalAlignment: Text.AlignHCenter
                wrapMode: Text.Wrap
                maximumLineCount: 2
                elide: Text.ElideRight
            }
        }

        SequentialAnimation {
            id: change
            property real delay: 0
            property real time: 0
            property real to: 0
            PauseAnimation { duration: change.delay }
            NumberAnimation { target: words; property: "opacity"; to: change.to; duration: change.time }
        }

        function turn(to, delay, time) {
            change.stop()
            if (delay + time <= 0) { words.opacity = to; return }
            change.delay = delay
            change.time = time
            change.to = to
            change.start()
        }

        function say(text) {
            words.opacity = 0
            line.text = text
            balance()
        }

        // Two lines of about one length read better than a full one and a leftover word.
        function balance() {
            line.width = most
            words.longest = line.contentWidth
            if (line.lineCount < 2 || line.truncated) return
            for (let width = line.implicitWidth * 0.51; width < most; width += size) {
                line.width = width
                if (line.lineCount <= 2 && !line.truncated) break
            }
            if (line.truncated) line.width = most
            words.longest = line.contentWidth
        }
    }
    Words { id: one }
    Words { id: two }
    Words { id: three }

    function say(text, milliseconds) {
        if (text === front.text) return front.turn(1, 0, 0)
        const others = [one, two, three].filter(each => each !== front)
        const next = others[0].opacity <= others[1].opacity ? others[0] : others[1]
        for (const each of [front, ...others]) if (each !== next) each.turn(0, 0, milliseconds * 0.4)
        next.turn(0, 0, 0)
        next.say(text)
        next.turn(1, milliseconds * 0.6, milliseconds * 0.4)
        front = next
    }
}
