using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Requests;

namespace ModelServer.FillMask;

/// <summary>Answers fill-mask requests, as Hugging Face's pipeline does: softmax over the whole vocabulary, the best tokens or the best of those asked for.</summary>
internal sealed class MaskFiller(EncoderPipeline pipeline, IOptions<FillMaskOptions> options)
{
    public async Task<FilledMasks> FillAsync(FillMaskInputs request, Caller caller, CancellationToken cancellationToken)
    {
        var encoderRequest = new EncoderRequest<FillMaskModel>(FillMaskTask.Id, request.Model, [], caller, Truncate: request.Truncate)
        {
            Adapt = model => Adapt(model, request),
            Check = (model, sequences) => Check(model, request, sequences),
        };
        var result = await pipeline.RunAsync(encoderRequest, cancellationToken);
        return new(result.Version, [.. result.Sequences.Zip(result.Rows, (sequence, row) => Text(result.Model, sequence, row.Span, request.TopK))], result.Tokens, result.Timing);
    }

    private static EncoderInput[] Adapt(FillMaskModel model, FillMaskInputs request)
    {
        int[] targets = request.Targets is { } texts ? [.. texts.Select((text, i) => model.Target(text) ?? throw NoTarget(i)).Distinct().Order()] : [];
        return Array.ConvertAll(request.Texts, EncoderInput (text) => new TextInput(text) { Asked = targets });
    }

    private void Check(FillMaskModel model, FillMaskInputs request, EncoderSequence[] sequences)
    {
        var spelled = 0L;
        foreach (var sequence in sequences)
        {
            var masks = sequence.Ids.AsSpan().Count(model.Mask.Id);
            if (masks == 0) throw NoMask(model, request.Texts.Length == 1 ? "input" : $"input[{sequence.Input}]");
            spelled += (long)masks * request.TopK * sequence.Ids.Length;
        }

        var most = options.Value.MaxAnswerTokens;
        if (spelled > most) throw new InvalidFieldException("top_k", $"The answer would spell out {spelled} tokens, counted by inputs, masks and candidates; at most {most} are allowed. Ask for fewer candidates or fewer masks.");
    }

    private static FilledText Text(FillMaskModel model, EncoderSequence sequence, ReadOnlySpan<float> row, int top)
    {
        var masks = new MaskCandidates[MaskRow.Masks(row)];
        for (int place = 0, token = 0; place < masks.Length; token++)
        {
            if (sequence.Ids[token] != model.Mask.Id) continue;
            var at = token;
            // What was asked for may be more than is to be told.
            masks[place] = new([.. MaskRow.Candidates(row, place).Take(top).Select(c => Candidate(model, sequence.Ids, at, c, isAlone: masks.Length == 1))]);
            place++;
        }

        return new(masks[0].Candidates) { Masks = masks.Length == 1 ? null : masks };
    }

    private static MaskCandidate Candidate(FillMaskModel model, int[] ids, int place, (int Id, float Score) candidate, bool isAlone)
    {
        var (tokenizer, cleanUp) = (model.Tokenizer, model.Tokenizer.Config.CleanUpSpaces);
        int[] filled = [.. ids];
        filled[place] = candidate.Id;
        // Where other masks remain, they and the other special tokens stay, as in the pipeline.
        var sequence = tokenizer.Decode(Array.FindAll(filled, id => id != model.PadId), skipSpecialTokens: isAlone, cleanUp);
        return new(tokenizer.Decode([candidate.Id], skipSpecialTokens: false, cleanUp), candidate.Id, candidate.Score, sequence);
    }

    private static InvalidFieldException NoMask(FillMaskModel model, string field)
        => new(field, $"{field} has no {model.Mask.Text}, which is the model's mask token; where a long text is cut, it may have been cut off.", "mask_missing");

    private static InvalidFieldException NoTarget(int index) => new($"targets[{index}]", $"targets[{index}] begins with no token of the model's vocabulary.");
}

/// <summary>Texts to be filled.</summary>
/// <param name="Model"><c>name</c>, <c>name:version</c> or null for the default.</param>
/// <param name="TopK">Candidates for each mask, at most.</param>
/// <param name="Targets">The only candidates; null for the whole vocabulary.</param>
internal sealed record FillMaskInputs(string? Model, string[] Texts, int TopK, string[]? Targets, bool Truncate);

/// <summary>What fits, one for each text.</summary>
internal sealed record FilledMasks(ModelVersion Version, FilledText[] Results, int Tokens, Timing Timing);
