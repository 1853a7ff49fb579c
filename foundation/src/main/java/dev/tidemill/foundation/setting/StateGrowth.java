package dev.tidemill.foundation.setting;

/** What becomes of standing queries whose state grows for as long as rows come. */
public enum StateGrowth {
  ALLOW,
  FORBID
}
