using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.FillMask;

/// <summary>Masked language models: which token a mask stands for.</summary>
internal sealed class FillMaskTask(EncoderFactory encoders) : ITask
{
    public const string Id = "fill-mask";

    public string Name => Id;

    /// <summary>Sentence-transformers use such models too, and list modules then.</summary>
    public bool Recognises(ModelSource source) => source.Config.Is("ForMaskedLM") && !source.IsTokenizerAlone && source.Folder.Find("modules.json") is null;

    public LoadedModel Load(ModelSource source, CancellationToken cancellationToken)
    {
        var mask = MaskToken.Of(source.Tokenizer);
        var reader = new MaskReader(mask.Id);
        var logits = new OutputChoice(["logits"], 3) { Width = source.Tokenizer.VocabularySize };
        return encoders.Load(source, logits, reader.Read, source.MaxTokens(), engine => new FillMaskModel(source, mask, reader.Width, engine), cancellationToken);
    }
}
