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

    /// <summary>Where texts that are too long are read in windows, instead of being cut or refused: how many tokens two neighbours share. Else null.</summary>
    /// <exception cref="InvalidFieldException">What was asked for does not suit the model.</exception>
    public abstract int? OverlapFor(EncoderModel model);

    /// <summary>The most tokens of an input.</summary>
    public int LimitFor(EncoderModel model) => Math.Min(MaxTokens ?? int.MaxValue, model.MaxTokens);

    /// <summary>Tokens that the inputs have together at most, told without tokenizing them.</summary>
    public long UpperBound(EncoderModel model, IReadOnlyList<EncoderInput> inputs)
    {
        var limit = LimitFor(model);
        return OverlapFor(model) is { } overlap
            ? inputs.Sum(i => i is TextInput text ? model.UpperBound(text, limit, overlap).Tokens : model.UpperBound(i, limit))
            : inputs.Sum(i => (long)model.UpperBound(i, limit));
    }

    /// <summary>Sequences that the inputs become at most, told without tokenizing them.</summary>
    public int MostSequences(EncoderModel model, IReadOnlyList<EncoderInput> inputs)
    {
        if (OverlapFor(model) is not { } overlap) return inputs.Count;
        var limit = LimitFor(model);
        return inputs.Sum(i => i is TextInput text ? model.UpperBound(text, limit, overlap).Sequences : 1);
    }

    /// <param name="inputs">From <see cref="InputsFor"/>.</param>
    /// <param name="lane">Where they will wait.</param>
    /// <inheritdoc cref="EncoderModel.Encode"/>
    public EncoderSequence[] Tokenize(EncoderModel model, IReadOnlyList<EncoderInput> inputs, QueueLane lane)
    {
        var sequences = new List<EncoderSequence>(inputs.Count);
        var (limit, truncate, overlap) = (LimitFor(model), TruncatesFor(model), OverlapFor(model));
        for (var i = 0; i < inputs.Count; i++)
        {
            var first = sequences.Count;
            if (overlap is { } shared && inputs[i] is TextInput text) sequences.AddRange(model.EncodeWindows(text, limit, shared, lane, Field));
            else sequences.Add(model.Encode(inputs[i], limit, lane, Field, truncate));
            for (; first < sequences.Count; first++) sequences[first].Input = i;
        }

        EncoderSequence[] all = [.. sequences];
        CheckFor(model, all);
        return all;
    }

    /// <summary>Refuses what shows only in the tokens.</summary>
    protected virtual void CheckFor(EncoderModel model, EncoderSequence[] sequences)
    {
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

    /// <summary>Has texts that are too long read in windows; see <see cref="EncoderRequest.OverlapFor"/>.</summary>
    public Func<TModel, int?>? Overlap { get; init; }

    /// <summary>Refuses what shows only in the tokens.</summary>
    public Action<TModel, EncoderSequence[]>? Check { get; init; }

    public override IReadOnlyList<EncoderInput> InputsFor(EncoderModel model) => Adapt?.Invoke((TModel)model) ?? Inputs;

    public override bool TruncatesFor(EncoderModel model) => Truncates?.Invoke((TModel)model) ?? Truncate;

    public override int? OverlapFor(EncoderModel model) => Overlap?.Invoke((TModel)model);

    protected override void CheckFor(EncoderModel model, EncoderSequence[] sequences) => Check?.Invoke((TModel)model, sequences);
}

/// <param name="Model">What made the rows. It may be freed by now: only what it says of itself is of use.</param>
/// <param name="Rows">What the model's <see cref="Encoders.RowReader"/> made of each sequence, in the order of the inputs; not to be written into.</param>
/// <param name="Tokens">Tokens of all inputs, padding left out.</param>
internal sealed record EncoderResult<TModel>(ModelVersion Version, TModel Model, ReadOnlyMemory<float>[] Rows, int Tokens, Timing Timing)
{
    /// <summary>The request's inputs, or what <see cref="EncoderRequest{TModel}.Adapt"/> made for the model.</summary>
    public required IReadOnlyList<EncoderInput> Inputs { get; init; }

    /// <summary>What the inputs became, one for each row: where texts are read in windows, several of an input, one after the other.</summary>
    public required EncoderSequence[] Sequences { get; init; }
}
