import { openMicrophone } from '../audio/microphone.js';

/** A musician at a microphone, who plays in time. A round is heard two loops after the one that it varies began. */
export class MicrophoneInput {
    delay = 2;
    channels = 1;
    #stream;
    #capture = null;

    /** @param {{beatsPerMinute: number, beatsPerBar: number, bars: number}} tempo */
    static async open(tempo) {
        const stream = await openMicrophone();
        // At its own rate, which is what all browsers can connect a microphone to.
        const context = new AudioContext({ latencyHint: 'interactive' });
        const input = new MicrophoneInput(stream, context, tempo);
        try {
            await Promise.all([context.audioWorklet.addModule('capture.js'), context.resume()]);
            return input;
        } catch (error) {
            input.close();
            throw error;
        }
    }

    constructor(stream, context, tempo) {
        Object.assign(this, { context, tempo });
        this.#stream = stream;
        this.node = context.createMediaStreamSource(stream);
        [this.track] = stream.getAudioTracks();
        this.track.onended = () => this.onLost(new Error('The microphone is gone. Start again when it is back.'));
    }

    /** Told when no more comes in. */
    onLost = () => {};

    get sampleRate() { return this.context.sampleRate; }

    /** In seconds: from a beat that leaves the page to the note that was played on it being here. */
    get lag() { return this.context.baseLatency + (this.context.outputLatency || 0) + (this.track.getSettings().latency || 0); }

    /** In seconds: a bar is counted in. */
    get countIn() { return 60 / this.tempo.beatsPerMinute * this.tempo.beatsPerBar; }

    /**
     * Begins.
     * @param {number} first frame of the context
     * @param {number} length of a loop in frames
     * @param {(samples: Float32Array) => void} onAudio gets what is played, in blocks none of which goes over the end of a loop
     */
    start(first, length, onAudio) {
        this.#capture = new AudioWorkletNode(this.context, 'capture', {
            channelCount: 1, channelCountMode: 'explicit',
            processorOptions: { start: first + Math.round(this.lag * this.sampleRate), length },
        });
        this.#capture.port.onmessage = ({ data }) => onAudio(data);
        // Silence comes out of it; but what is heard nowhere, a browser need not compute.
        this.node.connect(this.#capture).connect(this.context.destination);
    }

    close() {
        if (this.#capture) this.#capture.port.onmessage = null;
        this.track.onended = null;
        this.#stream.getTracks().forEach(track => track.stop());
        this.context.close();
    }
}
