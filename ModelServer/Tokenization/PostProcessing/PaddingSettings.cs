namespace ModelServer.Tokenization.PostProcessing;

/// <summary>How batches are padded, from the "padding" section, else from the padding token.</summary>
/// <param name="Id">The id in padded places.</param>
/// <param name="TypeId">The segment in padded places.</param>
/// <param name="Left">Whether the padding stands before the text.</param>
internal sealed record PaddingSettings(int Id, int TypeId, bool Left);
