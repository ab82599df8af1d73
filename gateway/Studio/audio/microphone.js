/** The microphone, once the browser's user allows it. @returns {Promise<MediaStream>} */
export async function openMicrophone() {
    if (!navigator.mediaDevices)
        throw new Error('A browser lets a page record only over https, or on the machine that the gateway runs on.');
    // Music is no telephone call.
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    try {
        return await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
        const isMissing = error.name === 'NotFoundError';
        throw new Error(isMissing ? 'There is no microphone.' : `The browser refused the microphone: ${error.message}`);
    }
}
