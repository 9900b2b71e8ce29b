namespace ModelServer.Tokenization.AddedTokens;

/// <summary>A token found in the text before the model sees it.</summary>
/// <param name="Id">Its id, in the model's vocabulary or beyond it.</param>
/// <param name="Content">The text it stands for.</param>
/// <param name="Special">Left out when decoding without special tokens.</param>
/// <param name="SingleWord">Matches only between characters that are not of a word.</param>
/// <param name="LeftStrip">Takes the white space before it.</param>
/// <param name="RightStrip">Takes the white space after it.</param>
/// <param name="Normalized">Its normalized form is looked for in the normalized text, rather than its content in the original.</param>
internal sealed record AddedToken(int Id, string Content, bool Special, bool SingleWord, bool LeftStrip, bool RightStrip, bool Normalized);
