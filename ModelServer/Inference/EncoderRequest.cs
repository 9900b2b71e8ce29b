using ModelServer.Answers;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.Inference;

/// <summary>Inputs for an encoder, whatever its kind.</summary>
/// <param name="Task">The <see cref="ITask.Name"/> that the model must have.</param>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the task's default.</param>
/// <param name="Inputs">At least one; admitted together or not at all.</param>
/// <param name="Caller">Who asks and how.</param>
/// <param name="MaxTokens">Where to cut when truncating; the model's maximum if null or larger.</param>
/// <param name="Truncate">Cut inputs that are too long instead of refusing them.</param>
internal abstract record EncoderRequest(string Task, string? Model, IReadOnlyList<EncoderInput> Inputs, Caller Caller, int? MaxTokens, bool Truncate)
{
    /// <summary>The field that holds the inputs, for messages.</summary>
    public string Field { get; init; } = "input";

    /// <summary>Whether it asks for a version by its number.</summary>
    public bool NamesVersion => Model is not null && ModelNames.Split(Model).Version is not null;

    /// <summary>The inputs as a model is to get them.</summary>
    /// <exception cref="InvalidFieldException">They do not suit it.</exception>
    public abstract IReadOnlyList<EncoderInput> InputsFor(EncoderModel model);

    public abstract bool TruncatesFor(EncoderModel model);

    /// <summary>The most tokens of an input.</summary>
    public int LimitFor(EncoderModel model) => Math.Min(MaxTokens ?? int.MaxValue, model.MaxTokens);

    /// <summary>Tokens that the inputs have together at most, told without tokenizing them.</summary>
    public long UpperBound(EncoderModel model, IReadOnlyList<EncoderInput> inputs)
    {
        var limit = LimitFor(model);
        return inputs.Sum(i => (long)model.UpperBound(i, limit));
    }

    /// <param name="inputs">From <see cref="InputsFor"/>.</param>
    /// <param name="lane">Where they will wait.</param>
    /// <inheritdoc cref="EncoderModel.Encode"/>
    public EncoderSequence[] Tokenize(EncoderModel model, IReadOnlyList<EncoderInput> inputs, QueueLane lane)
    {
        var sequences = new EncoderSequence[inputs.Count];
        var (limit, truncate) = (LimitFor(model), TruncatesFor(model));
        for (var i = 0; i < sequences.Length; i++) sequences[i] = model.Encode(inputs[i], limit, lane, Field, truncate);
        return sequences;
    }
}

/// <summary>Inputs for one kind of encoder.</summary>
internal sealed record EncoderRequest<TModel>(string Task, string? Model, IReadOnlyList<EncoderInput> Inputs, Caller Caller, int? MaxTokens = null, bool Truncate = false)
    : EncoderRequest(Task, Model, Inputs, Caller, MaxTokens, Truncate)
    where TModel : EncoderModel
{
    /// <summary>Decides for the model that was chosen, in place of <see cref="EncoderRequest.Truncate"/>.</summary>
    public Func<TModel, bool>? Truncates { get; init; }

    /// <summary>Makes the inputs for the model that was chosen, in place of <see cref="EncoderRequest.Inputs"/>, or refuses the request.</summary>
    public Func<TModel, IReadOnlyList<EncoderInput>>? Adapt { get; init; }

    public override IReadOnlyList<EncoderInput> InputsFor(EncoderModel model) => Adapt?.Invoke((TModel)model) ?? Inputs;

    public override bool TruncatesFor(EncoderModel model) => Truncates?.Invoke((TModel)model) ?? Truncate;
}

/// <param name="Model">What made the rows. It may be freed by now: only what it says of itself is of use.</param>
/// <param name="Rows">What the model's <see cref="Encoders.RowReader"/> made of each input, in order; not to be written into.</param>
/// <param name="Tokens">Tokens of all inputs, padding left out.</param>
internal sealed record EncoderResult<TModel>(ModelVersion Version, TModel Model, ReadOnlyMemory<float>[] Rows, int Tokens, Timing Timing)
{
    /// <summary>What the rows were made of, one for each: the request's inputs, or what <see cref="EncoderRequest{TModel}.Adapt"/> made for the model.</summary>
    public required IReadOnlyList<EncoderInput> Inputs { get; init; }

    /// <summary>The same as tokens.</summary>
    public required EncoderSequence[] Sequences { get; init; }
}
