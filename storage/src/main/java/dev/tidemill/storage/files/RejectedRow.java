package dev.tidemill.storage.files;

/**
 * A row that cannot be read.
 *
 * @param position of the row in its file
 * @param line counted from 1: where the row starts
 * @param column name of the column that does not fit, or empty where the row as a whole does not
 * @param text what was found there
 * @param problem what is wrong with it
 */
public record RejectedRow(
    DataFile file, long position, long line, String column, String text, String problem) {}
