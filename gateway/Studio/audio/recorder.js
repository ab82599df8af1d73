/** Records a microphone until it is told to stop. */
export class Recorder {
    #recorder;
    #chunks = [];

    /** Begins, once the browser's user allows it. */
    static async start() {
        if (!navigator.mediaDevices)
            throw new Error('A browser lets a page record only over https, or on the machine that the gateway runs on.');
        // Music is no telephone call.
        const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
        let stream;
        try {
            stream = await navigator.mediaDevices.getUserMedia({ audio });
        } catch (error) {
            const isMissing = error.name === 'NotFoundError';
            throw new Error(isMissing ? 'There is no microphone.' : `The browser refused the microphone: ${error.message}`);
        }
        return new Recorder(stream);
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
