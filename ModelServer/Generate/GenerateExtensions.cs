using ServiceDefaults;

namespace ModelServer.Generate;

internal static class GenerateExtensions
{
    public static void AddGenerate(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<GenerateOptions, GenerateOptionsValidator>(GenerateOptions.SectionName);
        services.MapException<ContextLengthException>(e => new(422, e.Message) { Param = "max_tokens", Code = "context_length_exceeded" });
    }
}
