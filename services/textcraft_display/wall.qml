// The layers of a wall, bottom to top: safe look, program with its words, watermark, black, identify and test card.
// Everything comes in through the signals of `link` and goes out through its slots; no file but a checked copy.
import QtQuick

Item {
    id: wall
    required property QtObject link
    required property string family
    required property string name
    required property url safeLook

    property Picture front: first
    property Picture back: second
    property string nextWords: ""
    property int fill: Image.PreserveAspectCrop
    property int turn: 0

    component Picture: Image {
        anchors.centerIn: parent
        width: wall.turn % 180 ? parent.height : parent.width
        height: wall.turn % 180 ? parent.width : parent.height
        sourceSize: Qt.size(width * Screen.devicePixelRatio, height * Screen.devicePixelRatio)
        rotation: wall.turn
        fillMode: wall.fill
        asynchronous: true
        autoTransform: true
        cache: false
        retainWhileLoading: false
        visible: false
    }

    component Plain: Text {
        textFormat: Text.PlainText
        font.family: wall.family
        renderType: Text.QtRendering
        color: "white"
    }

    Rectangle { anchors.fill: parent; color: "black" }

    Image {
        anchors.fill: parent
        source: wall.safeLook
        fillMode: Image.PreserveAspectCrop
        sourceSize: Qt.size(wall.width, wall.height)
        cache: false
    }

    Item {
        id: program
        anchors.fill: parent
        opacity: 0
        visible: opacity > 0
        layer.enabled: opacity > 0 && opacity < 1
        Rectangle { anchors.fill: parent; color: "black"; visible: wall.fill === Image.PreserveAspectFit }
        Picture { id: first; onStatusChanged: wall.pictureChanged(first) }
        Picture { id: second; onStatusChanged: wall.pictureChanged(second) }
        Words { id: oldWords; z: 2; opacity: 0 }
        Words { id: words; z: 2 }
    }

    component Words: Rectangle {
        property alias text: line.text
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: parent.height * 0.06
        width: line.width + line.font.pixelSize * 1.6
        height: line.height + line.font.pixelSize * 0.8
        radius: line.font.pixelSize * 0.25
        color: "#C8000000"
        visible: line.text !== ""
        Plain {
            id: line
            anchors.centerIn: parent
            width: Math.min(implicitWidth, wall.width * 0.82)
            font.pixelSize: Math.ceil(wall.height / 24)
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
        }
    }

    Plain {
        id: mark
        anchors { right: parent.right; top: parent.top; margins: wall.height * 0.03 }
        font.pixelSize: Math.max(12, wall.height / 45)
        font.letterSpacing: wall.height / 240
        opacity: 0.55
        style: Text.Outline
        styleColor: "#90000000"
    }

    Rectangle {
        id: black
        anchors.fill: parent
        color: "black"
        opacity: 0
        visible: opacity > 0
    }

    Rectangle {
        id: card
        property bool test: false
        anchors.fill: parent
        visible: false
        color: test ? "#202020" : "#B0000000"
        Repeater {
            model: card.test ? 8 : 0
            Rectangle {
                required property int index
                x: index * wall.width / 8
                width: Math.ceil(wall.width / 8)
                height: wall.height / 3
                color: ["white", "yellow", "cyan", "lime", "magenta", "red", "blue", "black"][index]
            }
        }
        Rectangle { anchors.fill: parent; color: "transparent"; border { color: "white"; width: 2 } }
        Plain {
            anchors.centerIn: parent
            text: wall.name + "\n" + wall.width + " × " + wall.height
            horizontalAlignment: Text.AlignHCenter
            font.pixelSize: wall.height / 8
        }
    }

    Timer { id: cardTimer; onTriggered: card.visible = false }

    NumberAnimation {
        id: cross
        property: "opacity"
        from: 0
        to: 1
        easing.type: Easing.InOutSine
        onFinished: wall.finish()
    }
    ParallelAnimation {
        id: fade
        property int milliseconds: 0
        NumberAnimation { id: programFade; target: program; property: "opacity"; duration: fade.milliseconds }
        NumberAnimation { id: blackFade; target: black; property: "opacity"; duration: fade.milliseconds }
        onFinished: wall.link.on_still()
    }
    NumberAnimation { id: wordsIn; target: words; property: "opacity"; from: 0; to: 1; duration: cross.duration }
    NumberAnimation { id: wordsOut; target: oldWords; property: "opacity"; from: 1; to: 0; duration: cross.duration }

    function pictureChanged(picture) {
        if (picture === wall.back && picture.status === Image.Ready) wall.link.on_loaded(true)
        if (picture === wall.back && picture.status === Image.Error) wall.link.on_loaded(false)
    }

    function load(source) {
        if (cross.running) cross.complete()
        wall.back.visible = false
        wall.back.source = ""
        wall.back.source = source
    }

    function go(text, milliseconds) {
        wall.back.z = 1
        wall.front.z = 0
        oldWords.text = words.text
        words.text = text
        wall.back.opacity = milliseconds > 0 ? 0 : 1
        wall.back.visible = true
        cross.target = wall.back
        cross.duration = milliseconds
        if (milliseconds <= 0) { oldWords.opacity = 0; wall.finish(); return }
        wordsIn.restart()
        wordsOut.restart()
        cross.restart()
    }

    function finish() {
        const old = wall.front
        wall.front = wall.back
        wall.back = old
        old.visible = false
        old.source = ""
        oldWords.text = ""
        wall.link.on_still()
    }

    Connections {
        target: wall.link
        function onLoad(source) { wall.load(source) }
        function onGo(text, seconds) { wall.go(text, seconds * 1000) }
        function onWords(text) { words.text = text; words.opacity = 1 }
        function onLayer(name, seconds) {
            if (fade.running) fade.complete()
            programFade.to = name === "safe_look" ? 0 : 1
            blackFade.to = name === "black" ? 1 : 0
            fade.milliseconds = seconds * 1000
            fade.restart()
        }
        function onMark(text) { mark.text = text }
        function onLay(fit, turn) {
            wall.fill = fit === "fit" ? Image.PreserveAspectFit : fit === "stretch" ? Image.Stretch : Image.PreserveAspectCrop
            wall.turn = turn
        }
        function onCard(test, seconds) {
            card.test = test
            card.visible = seconds > 0
            cardTimer.stop()
            if (seconds > 0) { cardTimer.interval = seconds * 1000; cardTimer.start() }
        }
    }
}
