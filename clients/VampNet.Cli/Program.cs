using VampNet.Cli;

return await CommandLineApp.RunAsync(args);
