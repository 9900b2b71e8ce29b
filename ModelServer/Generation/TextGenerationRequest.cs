using ModelServer.Requests;
using ModelServer.Sampling;

namespace ModelServer.Generation;

/// <summary>Texts to be continued.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="Prompts">At least one, made for the model that was chosen; all are admitted or none.</param>
/// <param name="Caller">Who asks and how.</param>
/// <param name="Sampling">How tokens are chosen. A seed counts on from choice to choice.</param>
internal sealed record TextGenerationRequest(string? Model, Func<DecoderModel, IReadOnlyList<TextPrompt>> Prompts, Caller Caller, SamplingOptions Sampling)
{
    /// <summary>Continuations of each prompt.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most tokens of each continuation; null for what the model's window has room for.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Generate fewer tokens where the window has no room for <see cref="MaxTokens"/>, instead of refusing.</summary>
    public bool FitWindow { get; init; }

    /// <summary>No end token is chosen before so many tokens.</summary>
    public int MinTokens { get; init; }

    /// <summary>Go on beyond end tokens.</summary>
    public bool IgnoreEndTokens { get; init; }

    /// <summary>Strings that end a continuation and are no part of it.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <inheritdoc cref="ModelServer.Decoders.DecoderRequest.Operation"/>
    public string Operation { get; init; } = "text_completion";

    /// <summary>The field that holds the prompts, for messages.</summary>
    public string Field { get; init; } = "prompt";
}
