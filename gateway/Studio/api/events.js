/**
 * The events of a stream of server-sent events, as they come. EventSource can only GET, and cannot be given a body.
 * @param {ReadableStream<Uint8Array>} body
 * @yields {{event: string, data: string}}
 */
export async function* readEvents(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    try {
        for (;;) {
            const { value, done } = await reader.read();
            if (done) return;
            // An empty line ends an event; what is behind the last one is not whole yet.
            const blocks = (text + value).split(/\r?\n\r?\n/);
            text = blocks.pop();
            yield* blocks.map(parse).filter(event => event.data);
        }
    } finally {
        reader.cancel().catch(() => {});
    }
}

function parse(block) {
    const value = name => block.split(/\r?\n/).filter(line => line.startsWith(`${name}:`))
        .map(line => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
    return { event: value('event') || 'message', data: value('data') };
}
