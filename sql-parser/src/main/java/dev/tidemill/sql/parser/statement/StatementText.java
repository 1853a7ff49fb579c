package dev.tidemill.sql.parser.statement;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Statements as canonical SQL. */
final class StatementText {
  private StatementText() {}

  static String of(Statement statement) {
    return switch (statement) {
      case Statement.CreateTable table -> createTable(table);
      case Statement.CreateTableAs table ->
          create(table.replace(), "TABLE", table.ifNotExists(), table.name())
              + with(table.options())
              + " AS "
              + table.query();
      case Statement.CreateView view ->
          create(view.replace(), "VIEW", view.ifNotExists(), view.name())
              + (view.columns().isEmpty() ? "" : " " + list(view.columns()))
              + " AS "
              + view.query();
      case Statement.CreateStandingQuery query -> createStandingQuery(query);
      case Statement.CreateFunction function -> createFunction(function);
      case Statement.CreateSchema schema ->
          create(false, "SCHEMA", schema.ifNotExists(), schema.name());
      case Statement.Drop drop ->
          "DROP "
              + drop.kind().name().replace('_', ' ')
              + (drop.ifExists() ? " IF EXISTS " : " ")
              + drop.name();
      case Statement.AlterTableAddColumn alter ->
          "ALTER TABLE "
              + alter.table()
              + " ADD COLUMN "
              + (alter.ifNotExists() ? "IF NOT EXISTS " : "")
              + column(alter.column());
      case Statement.Query query ->
          query.query()
              + switch (query.emit()) {
                case NONE -> "";
                case CHANGES -> " EMIT CHANGES";
                case ON_WINDOW_CLOSE -> " EMIT ON WINDOW CLOSE";
              };
      case Statement.Insert insert -> insert.insert().text();
      case Statement.Update update -> update.update().text();
      case Statement.Delete delete -> delete.delete().text();
      case Statement.Merge merge -> merge.merge().text();
      case Statement.Explain explain ->
          explain(explain.analyze(), explain.format()) + of(explain.statement());
      case Statement.ExplainQuery explain ->
          explain(explain.analyze(), explain.format()) + "QUERY " + explain.query();
      case Statement.Show show ->
          "SHOW "
              + show.subject()
              + (show.pattern() == null ? "" : " LIKE " + literal(show.pattern()));
      case Statement.ShowCreate show -> "SHOW CREATE TABLE " + show.name();
      case Statement.Verify verify -> "VERIFY " + verify.query();
      case Statement.AnalyzeTable analyze ->
          "ANALYZE TABLE "
              + analyze.table()
              + (analyze.columns().isEmpty() ? "" : " FOR COLUMNS " + names(analyze.columns()));
      case Statement.Summarize summarize -> "SUMMARIZE " + summarize.query().text();
      case Statement.Describe describe -> "DESCRIBE " + describe.name();
      case Statement.DescribeQuery describe -> "DESCRIBE " + describe.query().text();
      case Statement.RefreshTable refresh ->
          "REFRESH TABLE " + refresh.table() + " FOR QUERY " + refresh.query();
      case Statement.PauseQuery pause -> "PAUSE QUERY " + pause.query();
      case Statement.ResumeQuery resume -> "RESUME QUERY " + resume.query();
      case Statement.StopQuery stop -> "STOP QUERY " + stop.query();
      case Statement.CopyTo copy ->
          "COPY (" + copy.query() + ") TO " + literal(copy.file().text()) + with(copy.options());
      case Statement.CacheTable cache -> "CACHE TABLE " + cache.table();
      case Statement.UncacheTable uncache -> "UNCACHE TABLE " + uncache.table();
      case Statement.CompactTable compact -> "COMPACT TABLE " + compact.table();
      case Statement.SetOption option -> "SET " + option.name() + " = " + literal(option.value());
      case Statement.ShowOption option -> "SET " + option.name();
      case Statement.ResetOption option ->
          "RESET " + (option.name() == null ? "ALL" : option.name());
      case Statement.Use use -> "USE " + use.schema();
    };
  }

  /** A string literal. */
  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static String create(
      boolean replace, String what, boolean ifNotExists, QualifiedName name) {
    return "CREATE "
        + (replace ? "OR REPLACE " : "")
        + what
        + (ifNotExists ? " IF NOT EXISTS " : " ")
        + name;
  }

  private static String createTable(Statement.CreateTable table) {
    StringBuilder text =
        new StringBuilder(create(table.replace(), "TABLE", table.ifNotExists(), table.name()));
    if (!table.columns().isEmpty()) {
      text.append(
          table.columns().stream()
              .map(StatementText::column)
              .collect(Collectors.joining(", ", " (", "")));
      Watermark watermark = table.watermark();
      if (watermark != null) {
        text.append(", WATERMARK FOR ")
            .append(watermark.column())
            .append(" AS ")
            .append(watermark.expression());
      }
      PrimaryKey key = table.primaryKey();
      if (key != null) {
        text.append(", PRIMARY KEY ")
            .append(list(key.columns()))
            .append(key.enforced() ? "" : " NOT ENFORCED");
      }
      text.append(")");
    }
    return text.append(with(table.options())).toString();
  }

  private static String column(ColumnDefinition column) {
    return switch (column) {
      case ColumnDefinition.Physical(Name name, SqlFragment type, boolean notNull) ->
          name + " " + type + (notNull ? " NOT NULL" : "");
      case ColumnDefinition.Computed(Name name, SqlFragment expression) ->
          name + " AS " + expression;
    };
  }

  private static String createStandingQuery(Statement.CreateStandingQuery query) {
    String what = query.materializedView() ? "MATERIALIZED VIEW" : "STANDING QUERY";
    StringBuilder text =
        new StringBuilder(create(query.replace(), what, query.ifNotExists(), query.name()));
    if (!query.materializedView()) {
      text.append(query.sink() == null ? "" : " INTO " + query.sink());
      text.append(query.outputMode() == null ? "" : " OUTPUT MODE " + query.outputMode());
    }
    String trigger = trigger(query.trigger());
    if (trigger != null) {
      text.append(" TRIGGER ").append(trigger);
    }
    return text.append(with(query.options())).append(" AS ").append(query.query()).toString();
  }

  private static @Nullable String trigger(Trigger trigger) {
    return switch (trigger) {
      case Trigger.EveryInterval(Duration interval) -> "EVERY " + interval(interval);
      case Trigger.EveryRows(long rows) -> "EVERY " + rows + " ROWS";
      case Trigger.EveryRowsOrInterval(long rows, Duration interval) ->
          "EVERY " + rows + " ROWS OR " + interval(interval);
      case Trigger.AvailableNow() -> "AVAILABLE NOW";
      case Trigger.Once() -> "ONCE";
      case Trigger.AsFastAsPossible() -> null;
    };
  }

  /** In the largest unit that divides it; below a second as a fraction. */
  private static String interval(Duration interval) {
    long seconds = interval.toSeconds();
    if (interval.toNanosPart() != 0) {
      BigDecimal exact = BigDecimal.valueOf(interval.toNanos(), 9);
      return "INTERVAL '" + exact.stripTrailingZeros().toPlainString() + "' SECOND";
    } else if (seconds % 86_400 == 0) {
      return "INTERVAL '" + seconds / 86_400 + "' DAY";
    } else if (seconds % 3_600 == 0) {
      return "INTERVAL '" + seconds / 3_600 + "' HOUR";
    } else if (seconds % 60 == 0) {
      return "INTERVAL '" + seconds / 60 + "' MINUTE";
    }
    return "INTERVAL '" + seconds + "' SECOND";
  }

  private static String createFunction(Statement.CreateFunction function) {
    StringBuilder text =
        new StringBuilder(
            create(
                function.replace(),
                function.temporary() ? "TEMPORARY FUNCTION" : "FUNCTION",
                function.ifNotExists(),
                function.name()));
    List<FunctionParameter> parameters = function.parameters();
    if (parameters != null) {
      text.append(
          parameters.stream()
              .map(parameter -> parameter.name() + " " + parameter.type())
              .collect(Collectors.joining(", ", " (", ")")));
    }
    if (function.returnType() != null) {
      text.append(" RETURNS ").append(function.returnType());
    }
    switch (function.body()) {
      case FunctionBody.JavaClass(String className, List<String> jars) -> {
        text.append(" AS ").append(literal(className));
        if (!jars.isEmpty()) {
          text.append(
              jars.stream()
                  .map(jar -> "JAR " + literal(jar))
                  .collect(Collectors.joining(", ", " USING ", "")));
        }
      }
      case FunctionBody.Expression(SqlFragment expression) ->
          text.append(" RETURN ").append(expression);
    }
    return text.toString();
  }

  private static String explain(boolean analyze, Statement.Explain.Format format) {
    String options =
        switch (format) {
          case TEXT -> "";
          case JSON -> "(FORMAT JSON) ";
        };
    return "EXPLAIN " + (analyze ? "ANALYZE " : "") + options;
  }

  private static String with(Options options) {
    return options.isEmpty() ? "" : " WITH " + options;
  }

  private static String list(List<Name> names) {
    return "(" + names(names) + ")";
  }

  private static String names(List<Name> names) {
    return names.stream().map(Name::toString).collect(Collectors.joining(", "));
  }
}
