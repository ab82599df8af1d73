using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using VampNet.Gateway.Http.Forms;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Answers;

/// <summary>What a response is to be, as the header "Accept" and the parameter "format" say.</summary>
/// <param name="Response">the body of the response</param>
/// <param name="Audio">the audio in it; null = the client does not say</param>
internal sealed record Acceptance(ResponseFormat Response, ResponseFormat? Audio)
{
    /// <summary>Both headers and parameters; null = there is nothing that the client would accept.</summary>
    /// <param name="offers">what there is, the usual first</param>
    /// <param name="format">null = not given</param>
    /// <exception cref="InvalidRequestException">there is no such format</exception>
    public static Acceptance? Of(IReadOnlyList<ResponseFormat> offers, StringValues accept, string? format)
    {
        var named = format is null ? null : offers.FirstOrDefault(offer => offer.Name == format)
            ?? throw new InvalidRequestException("format", Suggestions.Unknown(format, [.. offers.Select(offer => offer.Name)]));
        // What a client names by a parameter it means, whatever else its library says that it takes.
        if (named is { IsAudio: false })
            return new Acceptance(named, Audio: null);
        if (!TryAccept(offers, accept, out var accepted))
            return named is null ? null : new Acceptance(named, named);
        if (named is not null)
            return new Acceptance(accepted is { IsAudio: false } ? accepted : named, named);
        return new Acceptance(accepted ?? offers[0], accepted is { IsAudio: true } ? accepted : null);
    }

    /// <param name="accepted">null = anything would do</param>
    private static bool TryAccept(IReadOnlyList<ResponseFormat> offers, StringValues accept, out ResponseFormat? accepted)
    {
        accepted = null;
        if (accept.Count == 0 || !MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out var wanted))
            return true;
        foreach (var range in wanted.Where(range => range.Quality is not 0).OrderByDescending(range => range.Quality ?? 1))
        {
            if (offers.FirstOrDefault(offer => offer.IsWithin(range)) is not { } offer)
                continue;
            // "*/*" and "audio/*" leave it open which audio it is.
            accepted = range.MatchesAllSubTypes && offer == offers[0] ? null : offer;
            return true;
        }
        return false;
    }
}
