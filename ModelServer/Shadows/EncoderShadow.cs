using ModelServer.Admission;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.Shadows;

/// <summary>A request that an encoder answered. The shadow reads the texts with its own tokenizer; token ids are the same for both only where their vocabularies are.</summary>
internal sealed class EncoderShadow(EncoderRequest request, EncoderModel active, ReadOnlyMemory<float>[] rows, ShadowOptions options, TimeProvider time) : IShadowRequest
{
    public async Task<RowComparison?> AskAsync(ModelVersion shadow, CancellationToken cancellationToken)
    {
        if (shadow.ServedTask != active.Task) return null;
        using var lease = shadow.TryAcquire<EncoderModel>() ?? throw new ModelNotReadyException("The shadow is not ready.");
        var model = lease.Loaded;
        var inputs = request.InputsFor(model);
        if (inputs.Any(i => i is TokenInput or EncodedInput) && !Vocabularies.Agree(active, model)) return null;

        using var permit = model.Engine.Admission.Enter(request.MostSequences(model, inputs), request.UpperBound(model, inputs));
        var sequences = request.Tokenize(model, inputs, IShadowRequest.Lane);
        permit.Correct(sequences.Sum(s => s.Ids.Length), sequences.Length);
        using var run = new EncoderRun(model.Engine.Queue, sequences, permit);
        try
        {
            var theirs = await Task.WhenAll(run.Start([.. Enumerable.Range(0, sequences.Length)])).WaitAsync(cancellationToken);
            shadow.Counter.Answered(time.GetUtcNow(), sequences.Max(s => time.GetElapsedTime(s.StartedAt, s.FinishedAt)));
            return active.Compare(rows, model, Array.ConvertAll(theirs, row => new ReadOnlyMemory<float>(row)), options.MinCosine);
        }
        catch
        {
            run.Abandon();
            throw;
        }
    }
}
