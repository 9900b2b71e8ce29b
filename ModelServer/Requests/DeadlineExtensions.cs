namespace ModelServer.Requests;

internal static class DeadlineExtensions
{
    public static void AddDeadlines(this WebApplicationBuilder builder)
        => builder.Services.MapException<DeadlineExceededException>(e => new(504, e.Message) { Code = "deadline_exceeded" });

    public static void UseDeadlines(this WebApplication app) => app.UseMiddleware<RequestDeadline>();

    /// <summary>The routes whose requests may have a deadline.</summary>
    public static IEndpointRouteBuilder WithDeadlines(this IEndpointRouteBuilder routes) => routes.MapGroup("").AddEndpointFilter(RequestDeadline.EndAsync);
}
