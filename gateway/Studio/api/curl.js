const quote = text => `'${text.replaceAll("'", "'\\''")}'`;

/** The command line that makes the same take without this page. */
export function curlLine(request, fileName) {
    const { output, ...rest } = request;
    // -F name=content: what follows is the body of the part as it stands.
    return [
        'curl', '--form-string', quote(`request=${JSON.stringify(rest)}`), '-F', quote(`audio=@${fileName}`),
        '-H', quote('Accept: audio/flac'), quote(new URL('v1/vamp', location.href).href), '-o', 'take.flac',
    ].join(' ');
}
