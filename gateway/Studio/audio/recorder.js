import { openMicrophone } from './microphone.js';

/** Records a microphone until it is told to stop. */
export class Recorder {
    #recorder;
    #chunks = [];

    /** Begins, once the browser's user allows it. */
    static async start() {
        return new Recorder(await openMicrophone());
    }

    constructor(stream) {
        this.#recorder = new MediaRecorder(stream);
        this.#recorder.ondataavailable = event => this.#chunks.push(event.data);
        this.#recorder.start();
    }

    /** Ends it. @returns {Promise<Blob>} in whichever format the browser records */
    stop() {
        return new Promise(resolve => {
            this.#recorder.onstop = () => resolve(new Blob(this.#chunks, { type: this.#recorder.mimeType }));
            this.#recorder.stop();
            this.#recorder.stream.getTracks().forEach(track => track.stop());
        });
    }
}
