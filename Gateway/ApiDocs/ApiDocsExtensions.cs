using System.Text.Json.Serialization.Metadata;
using Gateway.Edge;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using ServiceDefaults.Telemetry;

namespace Gateway.ApiDocs;

internal static class ApiDocsExtensions
{
    internal const string PlatformName = "Transformer platform";

    private const string DocsPath = "/docs", DocumentPath = "/openapi/v1.json";

    // The page loads its own files only, talks to this gateway only, and is shown in no frame. Swagger UI sets styles from script.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddApiDocs(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.ConfigureHttpJsonOptions(json =>
        {
            // A member's converter knows no schema; its type does. Nothing that the gateway itself reads or writes has one.
            json.SerializerOptions.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { IgnoreConvertersOfMembers } };
        });
        services.AddSingleton<IApiDescriptionProvider, PublicRouteDescriptions>();
        // Making the document costs about 10 ms, and anyone may ask for it.
        services.AddOutputCache(cache => cache.DefaultExpirationTimeSpan = TimeSpan.FromHours(1));
        services.AddOpenApi("v1", document =>
        {
            document.CreateSchemaReferenceId = PublicSchemas.NameOf;
            document.AddDocumentTransformer<PublicDocument>();
            document.AddOperationTransformer<PublicDocument>();
            document.AddSchemaTransformer<PublicSchemas>();
        });
    }

    /// <summary>Serves the page. In front of authentication: its files are middleware, not endpoints that could be marked open.</summary>
    public static void UseApiDocs(this WebApplication app)
    {
        app.UseWhen(context => context.Request.Path.StartsWithSegments(DocsPath), docs =>
        {
            docs.Use((context, next) =>
            {
                AddSecurityHeaders(context.Response.Headers);
                // The page's own redirect is relative to the address that was asked for, which may have had another slash.
                if (HttpMethods.IsGet(context.Request.Method) && context.Request.Path == DocsPath)
                {
                    context.Response.Redirect($"{context.Request.PathBase}{DocsPath}/index.html", permanent: true);
                    return Task.CompletedTask;
                }

                return HttpMethods.IsGet(context.Request.Method) ? next(context) : DisallowedMethod.Refuse(context, "GET, HEAD").ExecuteAsync(context);
            });
            docs.UseSwaggerUI(page =>
            {
                page.RoutePrefix = DocsPath.TrimStart('/');
                page.DocumentTitle = PlatformName;
                // A phone would lay it out as wide as a desk.
                page.HeadContent = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
                page.SwaggerEndpoint(DocumentPath, PlatformName);
                page.EnableTryItOutByDefault();
                page.DisplayRequestDuration();
            });
        });
    }

    // Each makes its own until there is one: in a shared making, the first client to hang up would fail all who wait.
    public static void MapApiDocs(this WebApplication app) => app.MapOpenApi().AllowAnonymous().CacheOutput(policy => policy.SetLocking(false));

    public static void MapHome(this WebApplication app)
        => app.MapGet("/", () => TypedResults.Ok(new Home(PlatformName, PlatformVersion.Number, PlatformVersion.Revision, new Dictionary<string, string>
        {
            ["console"] = "/console",
            ["docs"] = DocsPath,
            ["openapi"] = DocumentPath,
            ["health"] = "/health",
            ["models"] = "/v1/models",
            ["predict"] = "/predict",
        }))).AllowAnonymous().ExcludeFromDescription();

    private static void IgnoreConvertersOfMembers(JsonTypeInfo type)
    {
        foreach (var member in type.Properties) member.CustomConverter = null;
    }

    private static void AddSecurityHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
