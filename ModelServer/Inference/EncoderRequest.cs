using ModelServer.Answers;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Inference;

/// <summary>Inputs for an encoder.</summary>
/// <param name="Task">The <see cref="ITask.Name"/> that the model must have.</param>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the task's default.</param>
/// <param name="Inputs">At least one; admitted together or not at all.</param>
/// <param name="Caller">Who asks and how.</param>
/// <param name="MaxTokens">Where to cut when truncating; the model's maximum if null or larger.</param>
/// <param name="Truncate">Cut inputs that are too long instead of refusing them.</param>
internal sealed record EncoderRequest<TModel>(string Task, string? Model, IReadOnlyList<EncoderInput> Inputs, Caller Caller, int? MaxTokens = null, bool Truncate = false)
    where TModel : EncoderModel
{
    /// <summary>The field that holds the inputs, for messages.</summary>
    public string Field { get; init; } = "input";

    /// <summary>Decides for the model that was chosen, in place of <see cref="Truncate"/>.</summary>
    public Func<TModel, bool>? Truncates { get; init; }

    /// <summary>Makes the inputs for the model that was chosen, in place of <see cref="Inputs"/>, or refuses the request.</summary>
    public Func<TModel, IReadOnlyList<EncoderInput>>? Adapt { get; init; }
}

/// <param name="Model">What made the rows. It may be freed by now: only what it says of itself is of use.</param>
/// <param name="Rows">What the model's <see cref="Encoders.RowReader"/> made of each input, in order; not to be written into.</param>
/// <param name="Tokens">Tokens of all inputs, padding left out.</param>
internal sealed record EncoderResult<TModel>(ModelVersion Version, TModel Model, ReadOnlyMemory<float>[] Rows, int Tokens, Timing Timing);
