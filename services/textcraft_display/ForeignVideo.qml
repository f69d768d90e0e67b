// A film of a foreign core; loaded only where QtMultimedia is installed.
import QtQuick
import QtMultimedia

Item {
    id: film
    property QtObject link
    opacity: 0
    visible: opacity > 0

    VideoOutput { id: output; anchors.fill: parent; fillMode: VideoOutput.PreserveAspectCrop }
    MediaPlayer {
        id: player
        videoOutput: output
        onErrorOccurred: (error, text) => film.tell(text)
        onPlaybackStateChanged: if (playbackState === MediaPlayer.PlayingState) film.link.on_film(true, "")
        onMediaStatusChanged: {
            if (mediaStatus === MediaPlayer.EndOfMedia) film.link.on_film_over()
            else if (mediaStatus === MediaPlayer.LoadedMedia && !hasVideo) film.give_up("there is no picture in it")
        }
        onHasVideoChanged: if (hasVideo) awaited.stop()
    }
    // Some files that hold nothing are opened without a word.
    Timer { id: awaited; interval: 5000; onTriggered: film.give_up("it does not begin") }

    function give_up(reason) {
        if (!awaited.running) return  // that it cannot be played was told already
        player.stop()
        tell(reason)
    }

    function tell(reason) {
        awaited.stop()
        film.link.on_film(false, reason)
    }
    NumberAnimation { id: fade; target: film; property: "opacity"; onFinished: if (film.opacity === 0) player.stop() }

    function turn(to, seconds) {
        fade.stop()
        if (seconds <= 0) { opacity = to; if (to === 0) player.stop(); return }
        fade.to = to
        fade.duration = seconds * 1000
        fade.start()
    }

    Connections {
        target: film.link
        function onFilm(source, loop, seconds) {
            player.stop()
            player.loops = loop ? MediaPlayer.Infinite : 1
            awaited.restart()
            player.source = source
            player.play()
            film.turn(1, seconds)
        }
        function onFilm_gone(seconds) { film.turn(0, seconds) }
    }
}
