using ModelServer.Constraints;
using ModelServer.ModelFiles;
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
    /// <summary>Whether it asks for a version by its number.</summary>
    public bool NamesVersion => Model is not null && ModelNames.Split(Model).Version is not null;

    /// <summary>Whether the same model gives the same text each time.</summary>
    public bool IsRepeatable => Sampling.Temperature == 0 || Sampling.Seed is not null;

    /// <summary>What the request says, where the rest is left to the model; else null.</summary>
    public SaidFields? Said { get; init; }

    /// <summary>Continuations of each prompt.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>The most tokens of each continuation, 0 among them; null for what the model's window has room for.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Generate fewer tokens where the window has no room for <see cref="MaxTokens"/>, instead of refusing.</summary>
    public bool FitWindow { get; init; }

    /// <summary>No end token is chosen before so many tokens.</summary>
    public int MinTokens { get; init; }

    /// <summary>Go on beyond end tokens.</summary>
    public bool IgnoreEndTokens { get; init; }

    /// <summary>Tokens that end a continuation beside the model's own end tokens, ignored ones too.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>Keeps so many of a prompt's last tokens; −1 keeps as many as the window has room for, null keeps all.</summary>
    public int? Truncate { get; init; }

    /// <summary>Whether the prompt is repeated before each continuation, with its log probabilities where those of the continuation are asked for.</summary>
    public bool Echo { get; init; }

    /// <summary>What a continuation may be, for the model that was chosen; null for anything.</summary>
    public Func<DecoderModel, Grammar?>? Grammar { get; init; }

    /// <summary>The field that the grammar comes from, for messages.</summary>
    public string GrammarField { get; init; } = "response_format";

    /// <summary>How continuations become text; what depends on a prompt is filled in for each.</summary>
    public TextShape Shape { get; init; } = new();

    /// <summary>Special tokens of the model that was chosen that are kept although the others are left out; null for none.</summary>
    public Func<DecoderModel, IReadOnlySet<int>>? Shown { get; init; }

    /// <inheritdoc cref="ModelServer.Decoders.DecoderRequest.Operation"/>
    public string Operation { get; init; } = "text_completion";

    /// <summary>Whether the prompts are conversations.</summary>
    public bool IsChat => Operation == "chat";

    /// <summary>The field that holds the prompts, for messages.</summary>
    public string Field { get; init; } = "prompt";

    /// <summary>The field that says <see cref="MaxTokens"/>, for messages; null where the request does not say it.</summary>
    public string? MaxTokensField { get; init; }
}

/// <summary>What a request says itself of how tokens are chosen.</summary>
/// <param name="MaxTokens">Null where it does not say.</param>
/// <param name="RouteMaxTokens">What goes where neither request nor model say.</param>
/// <param name="RouteFitsWindow">Whether the route takes less where the window ends.</param>
internal sealed record SaidFields(SamplingFields Fields, int? MaxTokens, int? RouteMaxTokens, bool RouteFitsWindow);
