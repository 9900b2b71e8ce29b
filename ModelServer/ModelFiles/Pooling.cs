namespace ModelServer.ModelFiles;

/// <summary>How the vectors of a text's tokens become one.</summary>
internal enum Pooling
{
    /// <summary>Their average.</summary>
    Mean,

    /// <summary>The first one's.</summary>
    Cls,

    /// <summary>The largest value in each dimension.</summary>
    Max,

    /// <summary>The last one's, as decoder-based embedding models do.</summary>
    Last,

    /// <summary>A weight for each entry of the vocabulary, as SPLADE makes them: a task of its own.</summary>
    Splade,
}
