namespace ModelServer.Tokenization.Unicode;

/// <summary>What normalizers and pre-tokenizers ask about a code point.</summary>
[Flags]
internal enum CharacterTraits : ushort
{
    None = 0,

    /// <summary>Control, format or private use (Cc, Cf, Co).</summary>
    Other = 1,

    /// <summary>Nonspacing mark (Mn).</summary>
    NonSpacing = 2,

    /// <summary>Any punctuation category (P*).</summary>
    Punctuation = 4,

    /// <summary>The White_Space property.</summary>
    WhiteSpace = 8,

    /// <summary>Has a lower case other than itself.</summary>
    Lowers = 16,

    /// <summary>Has a canonical decomposition.</summary>
    Decomposes = 32,

    /// <summary>Has a canonical or a compatibility decomposition.</summary>
    DecomposesCompatibly = 64,

    /// <summary>Has a combining class other than 0.</summary>
    Reorders = 128,

    /// <summary>Any mark (M*).</summary>
    Mark = 256,

    /// <summary>Can merge into a character before it.</summary>
    ComposesBackwards = 512,

    /// <summary>Has a combining class other than 0 although it is no nonspacing mark, or decomposes into such: a few marks of Hangul and of music.</summary>
    MovesUnstripped = 1024,
}
