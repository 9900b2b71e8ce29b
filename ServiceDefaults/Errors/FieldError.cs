namespace ServiceDefaults.Errors;

/// <summary>A field of a request is wrong. The status is the route's to choose (<see cref="ApiErrorsExtensions.WithInvalidFieldStatus"/>): 422 on native
/// routes, 400 on those of OpenAI's shape.</summary>
/// <param name="Param">The field, as the body spells it.</param>
/// <param name="Message">One plain sentence for the caller.</param>
/// <param name="Code">A stable machine-readable word.</param>
public sealed record FieldError(string Param, string Message, string Code = FieldError.Invalid)
{
    public const string Invalid = "field_invalid";

    /// <summary>A field without which the request says nothing.</summary>
    public static FieldError Required(string param) => new(param, $"{param} is required.", "field_required");

    /// <summary>A field that means something to clients of this kind of route, but nothing that this server can do.</summary>
    public static FieldError Unsupported(string param, string message) => new(param, message, "unsupported_parameter");

    public ApiError ToApiError(int status) => new(status, Message) { Param = Param, Code = Code };
}

/// <summary>A field does not suit the model that was chosen, which shows only after validation.</summary>
public sealed class InvalidFieldException(FieldError error) : Exception(error.Message)
{
    public InvalidFieldException(string param, string message, string code = FieldError.Invalid)
        : this(new FieldError(param, message, code))
    {
    }

    public FieldError Error => error;
}
