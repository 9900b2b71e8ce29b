namespace ModelServer.Encoders;

/// <summary>Which sequences may share a run of a graph without changing each other's answers.</summary>
internal enum Company
{
    /// <summary>All: shorter ones are padded.</summary>
    Any,

    /// <summary>Those of one length, as padding changes answers.</summary>
    EqualLengths,

    /// <summary>None, as rows see each other, or a run takes one alone.</summary>
    None,
}
