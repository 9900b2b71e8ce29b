using System.Runtime.CompilerServices;
using ModelServer.Inference;

namespace ModelServer.Shadows;

/// <summary>Tells whether token ids mean the same to two models. Looking through a vocabulary takes a while: each pair is compared once.</summary>
internal static class Vocabularies
{
    private static readonly ConditionalWeakTable<EncoderModel, Compared> Known = [];

    public static bool Agree(EncoderModel active, EncoderModel shadow)
    {
        if (Known.TryGetValue(shadow, out var known) && known.Active.TryGetTarget(out var model) && model == active) return known.Agree;
        var agree = active.VocabularySize == shadow.VocabularySize
            && Enumerable.Range(0, active.VocabularySize).All(id => active.Tokenizer.IdToToken(id) == shadow.Tokenizer.IdToToken(id));
        Known.AddOrUpdate(shadow, new(new(active), agree));
        return agree;
    }

    private sealed record Compared(WeakReference<EncoderModel> Active, bool Agree);
}
