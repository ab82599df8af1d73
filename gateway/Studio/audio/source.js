import { convert } from '../api/client.js';
import { Track } from './track.js';
import { encodeWav } from './wav.js';

/** The rate that files are decoded at, which is the codec's own. */
const SampleRate = 44100;

const decode = async blob => new OfflineAudioContext(1, 1, SampleRate).decodeAudioData(await blob.arrayBuffer());

/** The music that is worked on: its file, which requests send, and its sound. */
export class Source {
    /** @param {File} file @param {AudioBuffer} buffer */
    constructor(file, buffer) {
        this.file = file;
        this.name = file.name;
        this.track = new Track(file.name, buffer);
    }

    get duration() { return this.track.duration; }

    /** Of an audio file. What the browser cannot read, the gateway may: AIFF, for one. */
    static async ofFile(file, signal) {
        const buffer = await decode(file).catch(async () => decode(await convert(file, 'audio/wav', signal)));
        return new Source(file, buffer);
    }

    /** Of a recording, whose format the gateway need not know. */
    static async ofRecording(blob, name) {
        return Source.ofBuffer(await decode(blob), name);
    }

    /** Of samples: what a take becomes when it is used as input. */
    static ofBuffer(buffer, name) {
        return new Source(new File([encodeWav(buffer)], `${name}.wav`, { type: 'audio/wav' }), buffer);
    }
}
