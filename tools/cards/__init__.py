"""Cards without plastic: chip cards on a real pcscd (vpcd) and NFC tags on nfcpy's udp device."""
