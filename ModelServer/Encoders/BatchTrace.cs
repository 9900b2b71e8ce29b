using System.Diagnostics;
using ModelServer.Telemetry;

namespace ModelServer.Encoders;

/// <summary>Writes the span of one run, if any of the requests in it is recorded; otherwise nothing is made.</summary>
internal static class BatchTrace
{
    /// <returns>The span, to be ended with the run: a child of the first request's, so that it is recorded by that one's decision, with a link to each.</returns>
    public static Activity? Start(string model, Batch batch)
    {
        List<ActivityLink>? links = null;
        foreach (var sequence in batch.Sequences)
        {
            if (sequence.Request is not { } request) continue;
            links ??= [];
            if (!links.Exists(link => link.Context.SpanId == request.SpanId)) links.Add(new(request.Context));
        }

        if (links is null || RequestTrace.Source.StartActivity("batch", ActivityKind.Internal, links[0].Context, links: links) is not { } span) return null;
        span.SetTag("model", model);
        span.SetTag("sequences", batch.Sequences.Count);
        span.SetTag("tokens", batch.Tokens);
        span.SetTag("padded_tokens", batch.PaddedTokens);
        batch.Span = span.Context;
        return span;
    }
}
