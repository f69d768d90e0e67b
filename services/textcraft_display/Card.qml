// Identify and the test card: which wall this is, and whether all of it is seen, level, in focus and in colour.
import QtQuick

Item {
    id: card
    property string family
    property string name
    property string about
    property bool test: false
    property bool edged: false
    readonly property real unit: Math.min(width, height) / 18
    readonly property real line: Math.max(1, Math.round(unit / 30))
    readonly property int columns: Math.round(width / unit / 2) * 2
    readonly property int rows: Math.round(height / unit / 2) * 2

    Rectangle { anchors.fill: parent; color: card.test ? "#15181D" : "#D0101216" }

    Item {  // the grid
        anchors.fill: parent
        visible: card.test
        Repeater {
            model: card.test ? card.columns - 1 : 0
            Rectangle {
                required property int index
                x: Math.round((index + 1) * card.width / card.columns - width / 2)
                width: card.line
                height: card.height
                antialiasing: card.edged
                color: index + 1 === card.columns / 2 ? "#C8CDD4" : "#4A515B"
            }
        }
        Repeater {
            model: card.test ? card.rows - 1 : 0
            Rectangle {
                required property int index
                y: Math.round((index + 1) * card.height / card.rows - height / 2)
                height: card.line
                width: card.width
                antialiasing: card.edged
                color: index + 1 === card.rows / 2 ? "#C8CDD4" : "#4A515B"
            }
        }
    }

    Rectangle {  // round only when the map is right
        anchors.centerIn: parent
        width: card.unit * 16
        height: width
        radius: width / 2
        visible: card.test
        color: "transparent"
        border { color: "white"; width: card.line * 2 }
    }

    component Bars: Row {
        property var colours
        anchors.horizontalCenter: parent.horizontalCenter
        width: card.unit * 12
        height: card.unit * 1.6
        visible: card.test
        Repeater {
            model: parent.colours
            Rectangle { required property color modelData; width: card.unit * 12 / 8; height: card.unit * 1.6; color: modelData }
        }
    }
    Bars {
        y: card.height / 2 - card.unit * 4.8
        colours: ["#FFFFFF", "#FFFF00", "#00FFFF", "#00FF00", "#FF00FF", "#FF0000", "#0000FF", "#000000"]
    }
    Bars {
        y: card.height / 2 + card.unit * 3.2
        colours: ["#000000", "#242424", "#494949", "#6D6D6D", "#929292", "#B6B6B6", "#DBDBDB", "#FFFFFF"]
    }

    Rectangle {  // the plate with the name
        anchors.centerIn: parent
        width: Math.min(card.width * 0.8, Math.max(card.unit * 8, words.width + card.unit * 2))
        height: words.height + card.unit * 0.8
        radius: card.unit * 0.2
        color: card.test ? "#F0101216" : "transparent"
        Column {
            id: words
            anchors.centerIn: parent
            spacing: card.unit * 0.15
            Plain {
                anchors.horizontalCenter: parent.horizontalCenter
                text: card.name
                width: Math.min(implicitWidth, card.width * 0.76)
                elide: Text.ElideRight
                font { family: card.family; weight: Font.DemiBold; pixelSize: card.unit * (card.test ? 2 : 4) }
            }
            Plain {
                anchors.horizontalCenter: parent.horizontalCenter
                text: card.about
                color: "#C8CDD4"
                width: Math.min(implicitWidth, card.width * 0.76)
                elide: Text.ElideRight
                font { family: card.family; pixelSize: card.unit * (card.test ? 0.75 : 1.1) }
            }
        }
    }

    Rectangle {  // the outermost pixels
        anchors.fill: parent
        color: "transparent"
        border { color: card.test ? "#FF3B30" : "white"; width: card.line * (card.test ? 1 : 4) }
    }

    component Corner: Item {
        width: card.unit * 1.5
        height: width
        visible: card.test
        Rectangle { width: parent.width; height: card.line * 5; color: "white" }
        Rectangle { width: card.line * 5; height: parent.height; color: "white" }
    }
    Corner { anchors { left: parent.left; top: parent.top } }
    Corner { anchors { right: parent.right; top: parent.top } rotation: 90 }
    Corner { anchors { right: parent.right; bottom: parent.bottom } rotation: 180 }
    Corner { anchors { left: parent.left; bottom: parent.bottom } rotation: 270 }

    component Edge: Plain {
        visible: card.test
        font { family: card.family; weight: Font.DemiBold; pixelSize: card.unit * 0.6 }
    }
    Edge { text: "▲"; anchors { top: parent.top; horizontalCenter: parent.horizontalCenter } }
    Edge { text: "▼"; anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter } }
    Edge { text: "◀"; anchors { left: parent.left; verticalCenter: parent.verticalCenter } }
    Edge { text: "▶"; anchors { right: parent.right; verticalCenter: parent.verticalCenter } }
}
