using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary><c>POST /generate</c> and <c>POST /generate_stream</c>, as Text Generation Inference's.</summary>
internal static class TgiEndpoint
{
    public static async Task<IResult> HandleAsync(TgiRequest request, TextGenerator generator, HttpContext http)
    {
        if (request.Stream == true) return Stream(request, generator, http);
        var tellsTokens = request.Parameters?.Details == true;
        using var generation = generator.Start(request.ToGeneration(Caller.From(http), tellsTokens));
        var (text, tokens) = (new TgiText(request, generation), new List<TgiToken>());
        while (await generation.WaitAsync(http.RequestAborted))
            while (generation.TryRead(out var chunk)) tokens.AddRange(text.Read(chunk));

        ResponseHeaders.Write(http, generation.Version.Version, generation.Timing());
        return TypedResults.Ok(new TgiResponse(text.Text, tellsTokens ? new(text.Finish!, generation.CompletionTokens, text.Seed, [], [.. tokens]) : null));
    }

    public static IResult Stream(TgiRequest request, TextGenerator generator, HttpContext http)
    {
        var generation = generator.Start(request.ToGeneration(Caller.From(http), tellsTokens: true));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        return new TgiStream(request, generation);
    }
}
