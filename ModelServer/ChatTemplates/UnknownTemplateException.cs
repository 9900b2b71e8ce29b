namespace ModelServer.ChatTemplates;

/// <summary>A template cannot be rendered here; the message continues the sentence <c>The template …</c>.</summary>
internal sealed class UnknownTemplateException(string what) : Exception(what);
