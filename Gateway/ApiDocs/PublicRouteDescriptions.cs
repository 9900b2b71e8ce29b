using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.WebUtilities;

namespace Gateway.ApiDocs;

/// <summary>Hands the table of public routes to the framework's API explorer, which knows nothing of forwarded ones.</summary>
internal sealed class PublicRouteDescriptions : IApiDescriptionProvider
{
    private const string Json = "application/json", ProblemJson = "application/problem+json";

    private static readonly EmptyModelMetadataProvider Metadata = new();

    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var route in PublicRoutes.All) context.Results.Add(Describe(route));
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context) { }

    private static ApiDescription Describe(PublicRoute route)
    {
        var description = new ApiDescription
        {
            HttpMethod = route.Method,
            RelativePath = route.Path.TrimStart('/'),
            ActionDescriptor = new ActionDescriptor
            {
                DisplayName = $"{route.Method} {route.Path}",
                EndpointMetadata = [route, new EndpointNameAttribute(route.Id), new TagsAttribute(route.Tag), new EndpointSummaryAttribute(route.Summary)],
            },
        };
        foreach (var parameter in RoutePatternFactory.Parse(route.Path).Parameters)
            description.ParameterDescriptions.Add(Field(parameter.Name, typeof(string), BindingSource.Path));
        foreach (var field in route.Query) description.ParameterDescriptions.Add(Field(field.Name, field.Type, BindingSource.Query));
        // The server's own, before anything of ours: without a body.
        if (description.ParameterDescriptions.Count > 0) description.SupportedResponseTypes.Add(Answer(414, null, Json));
        if (route.Request is not null)
        {
            description.ParameterDescriptions.Add(new() { Name = "body", Type = route.Request, Source = BindingSource.Body, IsRequired = !route.IsRequestOptional });
            description.SupportedRequestFormats.Add(new() { MediaType = Json });
        }

        description.SupportedResponseTypes.Add(Answer(route.Success, route.Response, route.ResponseType));
        if (route.IsAcceptedToo) description.SupportedResponseTypes.Add(Answer(202, route.Response, route.ResponseType));
        foreach (var status in route.Statuses())
        {
            // A probe that answers 503 has no error to report: it answers the same body.
            description.SupportedResponseTypes.Add(route.IsProbe && status == 503
                ? Answer(status, route.Response, route.ResponseType)
                : Answer(status, route.ErrorType, route.ErrorType == typeof(Problem) ? ProblemJson : Json));
        }

        return description;
    }

    private static ApiParameterDescription Field(string name, Type type, BindingSource source)
        => new() { Name = name, Type = type, ModelMetadata = Metadata.GetMetadataForType(type), Source = source, IsRequired = source == BindingSource.Path };

    private static ApiResponseType Answer(int status, Type? type, string mediaType) => new()
    {
        StatusCode = status,
        Type = type,
        Description = ReasonPhrases.GetReasonPhrase(status),
        ApiResponseFormats = type is null ? [] : [new() { MediaType = mediaType }],
    };
}
