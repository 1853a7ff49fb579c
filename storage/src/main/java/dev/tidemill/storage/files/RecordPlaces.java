package dev.tidemill.storage.files;

/** Tells where a record stands, for messages. One thread. */
public interface RecordPlaces {
  /**
   * What is noted of a record that cannot be read.
   *
   * @param position of the record, not before that of the one asked for last
   * @param column name of the column that does not fit, or empty where the record as a whole does
   *     not
   * @param text what was found there
   * @param problem what is wrong with it
   */
  RejectedRow rejected(long position, String column, String text, String problem);
}
