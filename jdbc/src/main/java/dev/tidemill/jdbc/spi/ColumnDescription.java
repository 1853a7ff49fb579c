package dev.tidemill.jdbc.spi;

/** A column of a result. */
public record ColumnDescription(String name, ColumnType type, boolean nullable) {}
