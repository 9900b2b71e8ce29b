namespace ModelServer.Jinja;

/// <summary>A template cannot be rendered with what it was given: it does what Python would refuse too, or more than its limits allow.</summary>
internal class JinjaException(string message) : Exception(message);

/// <summary>A template is none: it cannot be read.</summary>
internal sealed class JinjaSyntaxException(string message, int line) : JinjaException($"{message} (line {line})");

/// <summary>The template itself refused what it was given, by <c>raise_exception</c>.</summary>
internal sealed class RaisedByTemplateException(string message) : JinjaException(message);
