package dev.tidemill.shell;

import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.shell.format.ResultFormat;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param directory of the database, or null for one in memory
 * @param format null where none was named: then it goes by what is at the end of stdout
 * @param settings defaults and those of {@code --threads}, {@code --memory} and {@code --set}
 */
record CommandLine(
    @Nullable Path directory, @Nullable ResultFormat format, Settings settings, Action action) {
  /** What is to be done. */
  sealed interface Action {}

  /** Statements of {@code -c}. */
  record Statements(String text) implements Action {}

  /** The statements of a file: {@code -f}. */
  record File(Path path) implements Action {}

  /** The prompt, or the statements on stdin where nobody types. */
  record Interactive() implements Action {}

  /** {@code run}. */
  record Run(List<Path> files, boolean availableNow, Progress progress) implements Action {}

  record Help() implements Action {}

  record Version() implements Action {}

  /** How {@code run} tells of steps. */
  enum Progress {
    TEXT,
    JSON,
    NONE
  }

  static CommandLine parse(String[] arguments) throws UsageException {
    return new Parser(arguments).parse();
  }

  /** Reads arguments from left to right. */
  private static final class Parser {
    private final String[] arguments;
    private int at;
    private @Nullable Path directory;
    private @Nullable ResultFormat format;
    private Settings settings = Settings.defaults();
    private @Nullable Action action;
    private boolean run;
    private boolean availableNow;
    private @Nullable Progress progress;
    private final List<Path> files = new ArrayList<>();

    Parser(String[] arguments) {
      this.arguments = arguments;
    }

    CommandLine parse() throws UsageException {
      while (at < arguments.length) {
        String argument = arguments[at++];
        int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
        if (equals > 0) {
          at--;
          arguments[at] = argument.substring(equals + 1);
          argument = argument.substring(0, equals);
          if (!takesValue(argument)) {
            throw new UsageException(argument + " takes no value");
          }
        }
        option(argument);
      }
      if (run && !(action instanceof Help || action instanceof Version)) {
        if (action != null) {
          throw new UsageException("run takes files of statements; -c and -f go without it");
        }
        if (files.isEmpty()) {
          throw new UsageException("run needs at least one file of statements");
        }
        action =
            new Run(List.copyOf(files), availableNow, progress == null ? Progress.TEXT : progress);
      } else if (availableNow || progress != null) {
        throw new UsageException(
            (availableNow ? "--available-now" : "--progress") + " belongs to run");
      }
      return new CommandLine(
          directory, format, settings, action == null ? new Interactive() : action);
    }

    private static boolean takesValue(String option) {
      return switch (option) {
        case "--db", "--format", "--threads", "--memory", "--set", "--progress", "--connect" ->
            true;
        default -> false;
      };
    }

    private void option(String argument) throws UsageException {
      switch (argument) {
        case "--db" -> directory = path(value(argument));
        case "--format" -> format = format(value(argument));
        case "--threads" -> set(argument, "threads", value(argument));
        case "--memory" -> set(argument, "memory", value(argument));
        case "--set" -> setting(value(argument));
        case "--yes" -> set(argument, "replace_confirmed", "true");
        case "-c" -> act(new Statements(value(argument)));
        case "-f" -> act(new File(path(value(argument))));
        case "--available-now" -> availableNow = true;
        case "--progress" -> progress = progress(value(argument));
        case "-h", "--help" -> act(new Help());
        case "--version" -> act(new Version());
        case "--connect" ->
            throw new UsageException(
                "--connect is not supported yet; --db DIR opens a database here");
        case "run" -> run = true;
        case "serve" ->
            throw new UsageException(
                "serve is not supported yet; run FILE.sql keeps standing queries at work");
        default -> {
          if (argument.startsWith("-") || !run) {
            throw new UsageException("unknown argument " + argument);
          }
          files.add(path(argument));
        }
      }
    }

    private void act(Action wanted) throws UsageException {
      if (action != null && !(wanted instanceof Help)) {
        throw new UsageException("more than one of -c, -f, --help, --version");
      }
      action = wanted;
    }

    private String value(String option) throws UsageException {
      if (at == arguments.length) {
        throw new UsageException(option + " needs a value");
      }
      return arguments[at++];
    }

    private static Path path(String text) throws UsageException {
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new UsageException("'" + text + "' is no path");
      }
    }

    private static ResultFormat format(String name) throws UsageException {
      ResultFormat format = ResultFormat.named(name);
      if (format == null) {
        throw new UsageException(
            "--format must be one of box, csv, tsv, json, jsonl, markdown, vertical but is '"
                + name
                + "'");
      }
      return format;
    }

    private static Progress progress(String name) throws UsageException {
      return switch (name.toLowerCase(Locale.ROOT)) {
        case "text" -> Progress.TEXT;
        case "json" -> Progress.JSON;
        case "none" -> Progress.NONE;
        default ->
            throw new UsageException("--progress must be text, json or none but is '" + name + "'");
      };
    }

    private void setting(String text) throws UsageException {
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new UsageException("--set must be NAME=VALUE but is '" + text + "'");
      }
      set("--set", text.substring(0, equals).strip(), text.substring(equals + 1));
    }

    private void set(String option, String name, String value) throws UsageException {
      try {
        settings = settings.with(name, value);
      } catch (TidemillException e) {
        throw new UsageException(option + ": " + e.text());
      }
    }
  }
}
