package dev.tidemill.sql.parser.statement;

/** {@code WATERMARK FOR column AS expression}. */
public record Watermark(Name column, SqlFragment expression) {}
