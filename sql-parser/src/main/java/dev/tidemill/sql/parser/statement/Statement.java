package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A parsed statement. Names and literals are plain Java; queries, expressions and types are {@link
 * SqlFragment}s. Statements are equal when their canonical texts are: positions do not count.
 */
public sealed interface Statement {
  /** Canonical SQL, without the semicolon: parsing it gives an equal statement. */
  default String unparse() {
    return StatementText.of(this);
  }

  /**
   * {@code CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [(columns, WATERMARK …, PRIMARY KEY …)]
   * [WITH (…)]}.
   *
   * @param columns empty where the schema is to be inferred
   */
  record CreateTable(
      QualifiedName name,
      boolean replace,
      boolean ifNotExists,
      List<ColumnDefinition> columns,
      @Nullable Watermark watermark,
      @Nullable PrimaryKey primaryKey,
      Options options)
      implements Statement {
    public CreateTable {
      columns = List.copyOf(columns);
    }
  }

  /** {@code CREATE [OR REPLACE] TABLE [IF NOT EXISTS] name [WITH (…)] AS query}. */
  record CreateTableAs(
      QualifiedName name, boolean replace, boolean ifNotExists, Options options, SqlFragment query)
      implements Statement {}

  /**
   * {@code CREATE [OR REPLACE] VIEW [IF NOT EXISTS] name [(columns)] AS query}.
   *
   * @param columns empty where the query names them
   */
  record CreateView(
      QualifiedName name,
      boolean replace,
      boolean ifNotExists,
      List<Name> columns,
      SqlFragment query)
      implements Statement {
    public CreateView {
      columns = List.copyOf(columns);
    }
  }

  /**
   * {@code CREATE [OR REPLACE] STANDING QUERY [IF NOT EXISTS] name [INTO sink] [OUTPUT MODE m]
   * [TRIGGER t] [WITH (…)] AS query}, and {@code CREATE MATERIALIZED VIEW name [TRIGGER t] [WITH
   * (…)] AS query}, which is one in mode UPDATE.
   *
   * @param sink null where the result is kept
   * @param outputMode null where none was written
   * @param materializedView whether it was written as a materialized view; then without a sink and
   *     in mode UPDATE
   */
  record CreateStandingQuery(
      QualifiedName name,
      boolean replace,
      boolean ifNotExists,
      @Nullable QualifiedName sink,
      @Nullable OutputMode outputMode,
      Trigger trigger,
      Options options,
      SqlFragment query,
      boolean materializedView)
      implements Statement {}

  /**
   * {@code CREATE [OR REPLACE] [TEMPORARY] FUNCTION [IF NOT EXISTS] name [(parameters) [RETURNS
   * type]] AS 'class' [USING JAR …]} or {@code … (parameters) [RETURNS type] RETURN expression}.
   *
   * @param parameters null where the class says them
   * @param returnType null where the body says it; its node is a {@link
   *     org.apache.calcite.sql.SqlDataTypeSpec}
   */
  record CreateFunction(
      QualifiedName name,
      boolean replace,
      boolean temporary,
      boolean ifNotExists,
      @Nullable List<FunctionParameter> parameters,
      @Nullable SqlFragment returnType,
      FunctionBody body)
      implements Statement {
    public CreateFunction {
      parameters = parameters == null ? null : List.copyOf(parameters);
    }
  }

  /** {@code CREATE SCHEMA [IF NOT EXISTS] name}. */
  record CreateSchema(QualifiedName name, boolean ifNotExists) implements Statement {}

  /** {@code DROP kind [IF EXISTS] name}; DROP QUERY is DROP STANDING QUERY. */
  record Drop(Kind kind, boolean ifExists, QualifiedName name) implements Statement {
    /** What is dropped. */
    public enum Kind {
      TABLE,
      VIEW,
      MATERIALIZED_VIEW,
      STANDING_QUERY,
      FUNCTION,
      SCHEMA
    }
  }

  /** {@code ALTER TABLE table ADD [COLUMN] [IF NOT EXISTS] column}. */
  record AlterTableAddColumn(QualifiedName table, boolean ifNotExists, ColumnDefinition column)
      implements Statement {}

  /** A query, batch or, with an EMIT clause, one that stands until it is interrupted. */
  record Query(SqlFragment query, Emit emit) implements Statement {
    /** How an ad hoc query hands on its result. */
    public enum Emit {
      /** A batch query: once. */
      NONE,
      /** {@code EMIT CHANGES}: update mode, with weights. */
      CHANGES,
      /** {@code EMIT ON WINDOW CLOSE}: append mode. */
      ON_WINDOW_CLOSE
    }
  }

  /** INSERT; the node is a {@link org.apache.calcite.sql.SqlInsert}. */
  record Insert(SqlFragment insert) implements Statement {}

  /** UPDATE; the node is a {@link org.apache.calcite.sql.SqlUpdate}. */
  record Update(SqlFragment update) implements Statement {}

  /** DELETE; the node is a {@link org.apache.calcite.sql.SqlDelete}. */
  record Delete(SqlFragment delete) implements Statement {}

  /** MERGE; the node is a {@link MergeNode}. */
  record Merge(SqlFragment merge) implements Statement {}

  /** {@code EXPLAIN [ANALYZE] [(FORMAT JSON)] statement}; the statement is no EXPLAIN. */
  record Explain(Statement statement, boolean analyze, Format format, SourcePosition position)
      implements Statement {
    /** How a plan is written. */
    public enum Format {
      TEXT,
      JSON
    }
  }

  /** {@code EXPLAIN [ANALYZE] [(FORMAT JSON)] QUERY name}: of a standing query as it is. */
  record ExplainQuery(QualifiedName query, boolean analyze, Explain.Format format)
      implements Statement {}

  /** {@code SHOW CREATE TABLE t}, also of a view. */
  record ShowCreate(QualifiedName name) implements Statement {}

  /**
   * {@code SHOW QUERIES} and its like.
   *
   * @param pattern of LIKE, for names, or null
   */
  record Show(Subject subject, @Nullable String pattern) implements Statement {
    /** What is listed. */
    public enum Subject {
      QUERIES,
      WATERMARKS,
      STATE,
      TABLES,
      VIEWS,
      FUNCTIONS,
      SCHEMAS,
      SETTINGS
    }
  }

  /** {@code VERIFY query}: of a standing query against the batch answer. */
  record Verify(QualifiedName query) implements Statement {}

  /**
   * {@code ANALYZE TABLE table [FOR COLUMNS name, …]}: statistics.
   *
   * @param columns none for all
   */
  record AnalyzeTable(QualifiedName table, List<Name> columns) implements Statement {
    public AnalyzeTable {
      columns = List.copyOf(columns);
    }
  }

  /** {@code DESCRIBE name} of a table, a view or a standing query. */
  record Describe(QualifiedName name) implements Statement {}

  /** {@code DESCRIBE query}: what columns it gives. */
  record DescribeQuery(SqlFragment query) implements Statement {}

  /**
   * {@code SUMMARIZE t} and {@code SUMMARIZE SELECT …}: what is in each column.
   *
   * @param query a SELECT of all rows; its text is the table's where it is one
   * @param isQuery whether the text is a query
   */
  record Summarize(SqlFragment query, boolean isQuery) implements Statement {}

  /** {@code REFRESH TABLE table FOR QUERY query}: a static table brought up to date. */
  record RefreshTable(QualifiedName table, QualifiedName query) implements Statement {}

  /** {@code PAUSE QUERY query}. */
  record PauseQuery(QualifiedName query) implements Statement {}

  /** {@code RESUME QUERY query}. */
  record ResumeQuery(QualifiedName query) implements Statement {}

  /** {@code STOP QUERY query}. */
  record StopQuery(QualifiedName query) implements Statement {}

  /**
   * {@code COPY (query) TO 'file' [WITH (…)]}; {@code COPY t TO …} is {@code COPY (SELECT * FROM t)
   * TO …}.
   */
  record CopyTo(SqlFragment query, FileName file, Options options) implements Statement {}

  /** {@code CACHE TABLE table}. */
  record CacheTable(QualifiedName table) implements Statement {}

  /** {@code UNCACHE TABLE table}. */
  record UncacheTable(QualifiedName table) implements Statement {}

  /** {@code COMPACT TABLE table}: its rows in one segment. */
  record CompactTable(QualifiedName table) implements Statement {}

  /** {@code SET name = value}; the value is the text of the literal or word. */
  record SetOption(QualifiedName name, String value) implements Statement {}

  /** {@code SET name}, which prints the value. */
  record ShowOption(QualifiedName name) implements Statement {}

  /** {@code RESET name} or {@code RESET ALL}: null. */
  record ResetOption(@Nullable QualifiedName name) implements Statement {}

  /** {@code USE schema}. */
  record Use(QualifiedName schema) implements Statement {}
}
